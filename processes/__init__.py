"""What is executed: one folder per process, and the bindings between diagrams and the domain."""
