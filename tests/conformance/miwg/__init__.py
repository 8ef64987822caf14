"""The interchange suite: drawings of others go in, through the editor, and out again without a loss."""
