"""What somebody who means harm, or a broken machine, may send; and what must hold all the same."""
