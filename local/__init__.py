"""The embedded AWS emulator: ministack, with what it lacks and where it is wrong put right.

Nothing here is shipped. `emulator` starts it, `registration` lists what is put into ministack
before it serves, and each module says what it does not do. For a test or the demo:

- `traffic` sends model calls as named roles, with chosen tokens, now or dated back;
- `verdict` says whether AWS would let a call through, by the policy simulator: the emulator
  refuses nothing for lack of permission;
- `controls` makes happen what AWS does in its own time: a schedule that is due, a refreshed budget,
  a log delivery that is repeated, the functions' clock in another month;
- `testing` has the pytest fixtures.

Still impossible: permissions, service control policies and how long IAM takes to propagate;
throttling and quotas of Bedrock; bills; more than one account that trusts another; another clock
than the machine's for the services themselves.
"""
