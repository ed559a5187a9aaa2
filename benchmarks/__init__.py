"""What is measured on real data: each script prints one table, every comparison made in one run."""
