"""What cocflow uses of the world; each adapter implements a port, none knows another."""
