"""What a plan and a submission are. Nothing here imports `pipelines`."""
