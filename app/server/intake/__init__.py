"""Alert and change formats from outside."""
