"""Desired state, then convergence: claims work, makes engines match what is recorded, may be killed anywhere."""
