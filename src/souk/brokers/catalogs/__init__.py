"""What a broker says it offers: read strictly, compared with what it said before."""
