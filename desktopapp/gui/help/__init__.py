"""The manual: pages under resources/help, the window that shows them, and the same as PDF."""
