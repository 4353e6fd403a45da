"""Members (*associés*): who applies, who is admitted, who leaves, and how to reach each one."""
