"""A simulator of Hyperswitch's and Stripe Connect's HTTP APIs, as a process of its own. No money moves.

It imports nothing of Veza but `kit`, and only `role_sandbox` imports it: what talks to it does so over HTTP.
"""
