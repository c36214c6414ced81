"""`python -m node`"""

from node.cli import main

main()
