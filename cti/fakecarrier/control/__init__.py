"""The control interface of the fake carrier: what tests, demos and load runs steer it with."""
