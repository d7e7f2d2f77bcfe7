"""What assessments, own sets and findings are typed as."""
