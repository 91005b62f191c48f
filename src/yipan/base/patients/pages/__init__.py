"""Pages of patients: records, and the review of duplicates."""
