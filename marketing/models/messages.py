from django.db import models


class Message(models.Model):
    code = models.SlugField(max_length=40, unique=True)
    name = models.CharField(max_length=120)
    channel = models.CharField(max_length=8)

    def __str__(self):
        return self.name


class MessageText(models.Model):
    message = models.ForeignKey(Message, models.CASCADE, related_name="texts")
    language = models.CharField(max_length=10)
    subject = models.CharField(max_length=200, blank=True)
    body = models.TextField()
