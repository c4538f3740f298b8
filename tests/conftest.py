"""What every test shares: properties are judged by what they find, never by how busy the machine is or by luck.

The examples are the same in every run, so that a red build says something about the change. To look for new ones:
`HYPOTHESIS_PROFILE=explore make test`.
"""

import os

from hypothesis import HealthCheck, settings

settings.register_profile("same", deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("explore", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "same"))
