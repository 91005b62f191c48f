"""What every command of `yipan plan` shares: its files, and the person who watches the search."""
