"""Playing real traffic against synthesized limits; makes the functions' own code importable."""

from finops_constructs._function_code import use_function_code

use_function_code()
