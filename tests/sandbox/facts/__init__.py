"""What GitHub's own documents say of what the sandbox answers and cocflow asks, reduced to that."""
