package jobs

tier contains "premium" if input.identity.jwtClaims.premium == true

tier contains "registered" if {
	not input.identity.jwtClaims.premium == true
	input.identity.userType == "authenticated"
}

tier contains "anonymous" if {
	not input.identity.jwtClaims.premium == true
	input.identity.userType != "authenticated"
}

european_union := {
	"AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GR", "HR", "HU", "IE", "IT", "LT", "LU", "LV",
	"MT", "NL", "PL", "PT", "RO", "SE", "SI", "SK",
}

rules contains "staff" if "editor" in input.identity.jwtClaims.roles

rules contains "eu-privacy" if input.context.countryCode in european_union

rules contains "search-index" if {
	some bot in input.context.botTags
	bot.isVerified
	bot.category == "search-crawler"
}

rules contains "evening" if input.instant % 86400000 >= 64800000

rules contains "newsletter" if {
	query := split(input.http.url, "?")[1]
	"utm_source=newsletter" in split(query, "&")
}

rules contains "pocket" if contains(input.context.userAgent, "Mobile")

rules contains "new-paywall" if input.identity.testGroup100 < 50

rules contains "archive" if "prod_archive" in input.customerData.productIds
