"""The folders are `app` and `sql`; in site-packages they are `jalon` and `jalon/sql`. A package is a folder of `app`."""

from setuptools import find_packages, setup

setup(
    packages=["jalon", *(f"jalon.{name}" for name in find_packages("app")), "jalon.sql"],
    package_dir={"jalon": "app", "jalon.sql": "sql"},
)
