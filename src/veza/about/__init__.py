"""What this install is: the settings a web app needs to start, the OpenAPI document, and the page that shows it."""
