"""A centre that is called and calls: campaigns beside queues, agents whom both share, people who answer or do not."""
