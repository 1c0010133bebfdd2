// Draws the API's description. The request that is tried carries the page's own CSRF token.
"use strict"
{
  const place = document.getElementById("api-docs")
  window.SwaggerUIBundle({
    url: place.dataset.schema,
    domNode: place,
    deepLinking: true,
    docExpansion: "none",
    defaultModelsExpandDepth: -1,
    validatorUrl: null,
    requestInterceptor: (request) => {
      if (new URL(request.url, location.href).origin === location.origin) request.headers["X-CSRFToken"] = place.dataset.csrf
      return request
    },
  })
}
