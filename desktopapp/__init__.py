"""Juesuan: prepare, check and export the yearly 部门决算公开 of a department."""

__version__ = "0.1.0"
