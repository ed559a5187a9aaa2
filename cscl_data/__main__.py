"""`python -m cscl_data` is `cscl-data`."""

from cscl_data.cli.app import main

if __name__ == "__main__":
    main()
