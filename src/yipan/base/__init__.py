"""What every service line stands on: jobs, audit, network, access, patients."""
