"""What an archive is: editions, values, rules, the record, its history, the store."""
