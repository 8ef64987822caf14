"""The DMN TCK: decision models with typed inputs and expected results (or errors)."""
