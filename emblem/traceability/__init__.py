"""What leads a statement back to an organization: certificates, transparency logs, evidence."""
