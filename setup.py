"""Packages: the folders `app` and `sql` are installed as `jalon` and `jalon/sql`. Each folder of `app` is a package."""

from setuptools import find_packages, setup

setup(
    packages=["jalon", *(f"jalon.{name}" for name in find_packages("app")), "jalon.sql"],
    package_dir={"jalon": "app", "jalon.sql": "sql"},
)
