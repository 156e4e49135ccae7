"""What the tests of the jobs stand on: act, repositories as communities have them, real payloads."""
