def signed_content(message):
    return {
        "message": message.code,
        "texts": {t.language: {"subject": t.subject, "body": t.body} for t in message.texts.all()},
    }
