"""The Django site: its apps are rooms in the order of the flow, and a later room may import an earlier one."""
