"""Lists that go out at fixed times: pure."""
