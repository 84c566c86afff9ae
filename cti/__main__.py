"""`python -m cti`, and the `cti` command."""

import sys


def main() -> None:
    """Workers and followers start on a short path of their own: a replacement must be there at once."""
    if len(sys.argv) > 1 and sys.argv[1] in ("worker", "follower"):
        from cti.cli import processes

        sys.exit(processes.main(sys.argv[1], sys.argv[2:]))
    from cti.cli import application

    application.main()


if __name__ == "__main__":
    main()
