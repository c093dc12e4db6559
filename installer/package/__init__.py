"""Packages for people without Python: one folder, one file, a Debian package, a Windows set-up program."""
