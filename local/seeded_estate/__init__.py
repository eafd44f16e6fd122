"""An account with thirty applications that call Bedrock, and twelve things wrong with it.

`Estate.seed` makes what a bank has before it adopts the guard: roles, profiles, budgets, a log of
calls. `Estate.adopt` enters the applications in the registry, with the parts of a platform that the
doctor looks at, as deployments would; `faults` names what is wrong and which command must find it.
"""
