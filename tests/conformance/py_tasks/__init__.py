"""The Python half of the tasks; js_tasks/ has the same ones under the same names."""
