"""Real servers for tests, each on a free port of the loopback: SMTP, IMAP, and a double of Slack."""
