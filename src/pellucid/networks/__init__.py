"""Networks: graphs of layer calls, and the plans they write."""
