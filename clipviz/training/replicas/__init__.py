"""K networks trained as one program."""
