"""What monitoring systems read: counters of the processes (`meters`), figures of the database (`figures`), the page."""
