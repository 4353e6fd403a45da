"""The cooperative's bank account and the payment files that two persons release."""
