"""What `make bench` measures; the functions' code is importable here as it is in Lambda."""

from finops_constructs._function_code import use_function_code

use_function_code()
