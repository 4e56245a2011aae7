# language: nl
Functionaliteit: Doelbinding
  Gegevens gaan alleen voor een doel, en wat voor het ene doel is gegeven dient een ander doel pas als de
  procesregisseur het nodig acht en de verstrekker akkoord is (artikel 3.4 en 3.5).

  Regel: Zonder casus, fase en doel gaat er niets (3.4)

    @regel-3.4 @toegestaan
    Scenario: Een aanmelding noemt haar doel
      Gegeven een casus in aanmelding, aangemeld door de gemeente
      Als de gemeente de casus aanmeldt om de criteria te toetsen
      Dan mag het bericht worden verstuurd

    @regel-3.4 @geweigerd
    Scenario: Een aanmelding zonder doel
      Gegeven een casus in aanmelding, aangemeld door de gemeente
      Als de gemeente de casus aanmeldt om de criteria te toetsen
      Maar het bericht noemt geen doel
      Dan wordt het bericht geweigerd op regel 3.4
      En leest de afzender: Gegevens gaan alleen voor een doel. Noem het doel.

  Regel: In elke fase gaat niet meer dan het pakket voor die fase toestaat (3.5a)

    @regel-3.5a @toegestaan
    Scenario: Bij een vraag in triage gaat mee wie het is
      Gegeven een casus in triage, aangemeld door de gemeente
      En de GGD is in de triage bevraagd
      Als het huis aan de GGD vraagt wat zij van de betrokkene weet, om een eerste beeld te vormen
      Dan mag het bericht worden verstuurd

    @regel-3.5a @geweigerd
    Scenario: Wie in triage wordt bevraagd, hoeft niets van iemands geldzaken te weten
      Gegeven een casus in triage, aangemeld door de gemeente
      En de GGD is in de triage bevraagd
      Als het huis aan de GGD vraagt wat zij van de betrokkene weet, om een eerste beeld te vormen
      En het bericht noemt ook de financiële gegevens van de betrokkene die de gemeente gaf
      Dan wordt het bericht geweigerd op regel 3.5a
      En leest de afzender: Deze gegevens gaan niet in deze fase met deze soort bericht. Laat ze weg.

    @regel-3.5a @toegestaan
    Scenario: Voor het plan kan van belang zijn waarvoor iemand eerder is veroordeeld
      Gegeven een casus in casusoverleg, aangemeld door de gemeente
      En het Openbaar Ministerie en de burgemeester nemen deel aan het overleg
      Als het Openbaar Ministerie de justitiële gegevens van de betrokkene geeft aan de burgemeester, voor het plan van aanpak
      Dan mag het bericht worden verstuurd

    @regel-3.5a @geweigerd
    Scenario: Om over opschaling te besluiten is dat niet nodig
      Gegeven een casus in casusoverleg, aangemeld door de gemeente
      En het Openbaar Ministerie en de burgemeester nemen deel aan het overleg
      Als het Openbaar Ministerie de justitiële gegevens van de betrokkene geeft aan de burgemeester, om over opschaling te besluiten
      Dan wordt het bericht geweigerd op regel 3.5a
      En leest de afzender: Deze gegevens zijn niet nodig voor dit doel. Laat ze weg.

  Regel: Wat in een vorige fase is gegeven, gaat alleen mee als de procesregisseur het nodig acht (3.5b)

    Achtergrond:
      Gegeven een casus in casusoverleg, aangemeld door de gemeente
      En de burgemeester neemt deel aan het overleg

    @regel-3.5b @toegestaan
    Scenario: De procesregisseur verklaarde de gegevens uit de aanmelding nodig voor het overleg
      Gegeven de gegevens zijn eerder gegeven om de criteria te toetsen
      En de procesregisseur heeft de gegevens voor deze fase noodzakelijk verklaard
      Als het huis de woonsituatie van de betrokkene, die de gemeente gaf, doorgeeft aan de burgemeester, voor het gezamenlijke beeld
      Dan mag het bericht worden verstuurd

    @regel-3.5b @geweigerd
    Scenario: De gegevens uit de aanmelding bleven achter
      Gegeven de gegevens zijn eerder gegeven om de criteria te toetsen
      En de procesregisseur heeft de gegevens niet voor deze fase noodzakelijk verklaard
      Als het huis de woonsituatie van de betrokkene, die de gemeente gaf, doorgeeft aan de burgemeester, voor het gezamenlijke beeld
      Dan wordt het bericht geweigerd op regel 3.5b
      En leest de afzender: Dit gegeven ging niet mee naar deze fase. Laat het weg of laat het opnieuw verstrekken.

    @regel-3.5b @toegestaan
    Scenario: Het besluit tot afschaling zegt waarvoor er gegevens meegaan
      Als het huis besluit de casus van casusoverleg naar afschaling te brengen
      En het besluit noemt het verslag van het overleg waarin het viel
      En het besluit neemt gegevens mee om de casus over te dragen
      Dan mag het bericht worden verstuurd

    @regel-3.5b @geweigerd
    Scenario: Er gaan gegevens mee zonder dat iemand zegt waarvoor
      Als het huis besluit de casus van casusoverleg naar afschaling te brengen
      En het besluit noemt het verslag van het overleg waarin het viel
      En het besluit neemt gegevens mee zonder te zeggen waarvoor
      Dan wordt het bericht geweigerd op regel 3.5b
      En leest de afzender: Wat mee mag, is nodig voor een doel van de nieuwe fase. Noem die doelen, of laat niets meegaan.

  Regel: Wie een gegeven gaf, beslist mee over elk nieuw gebruik (3.5c)

    Achtergrond:
      Gegeven een casus in casusoverleg, aangemeld door de gemeente
      En de burgemeester neemt deel aan het overleg

    @regel-3.5c @toegestaan
    Scenario: De gemeente is akkoord dat de burgemeester haar gegevens krijgt
      Gegeven de verstrekker heeft akkoord gegeven op dit gebruik
      Als het huis de woonsituatie van de betrokkene, die de gemeente gaf, doorgeeft aan de burgemeester, voor het gezamenlijke beeld
      Dan mag het bericht worden verstuurd

    @regel-3.5c @geweigerd
    Scenario: De gemeente heeft niets laten weten
      Gegeven de verstrekker heeft geen akkoord gegeven op dit gebruik
      Als het huis de woonsituatie van de betrokkene, die de gemeente gaf, doorgeeft aan de burgemeester, voor het gezamenlijke beeld
      Dan wordt het bericht geweigerd op regel 3.5c
      En leest de afzender: De eerste verstrekker heeft dit gebruik niet goedgekeurd. Vraag akkoord voor fase, doel en ontvanger.

    @regel-3.5c @toegestaan
    Scenario: Het akkoord is gegeven toen de burgemeester al in het overleg zat
      Gegeven het akkoord is voor elke burgemeester die dan in het overleg zit, en is 2 uur oud
      Als het huis de woonsituatie van de betrokkene, die de gemeente gaf, doorgeeft aan de burgemeester, voor het gezamenlijke beeld
      Dan mag het bericht worden verstuurd

    @regel-3.5c @geweigerd
    Scenario: Wie later in het overleg komt, valt niet onder een ouder akkoord
      Gegeven het akkoord is voor elke burgemeester die dan in het overleg zit, en is 48 uur oud
      Als het huis de woonsituatie van de betrokkene, die de gemeente gaf, doorgeeft aan de burgemeester, voor het gezamenlijke beeld
      Dan wordt het bericht geweigerd op regel 3.5c
      En leest de afzender: Dit akkoord is ouder dan de deelname van deze ontvanger. Vraag de verstrekker om een nieuw akkoord.

  Regel: Voor een eigen taak gebruikt een partij gegevens van een ander alleen met apart akkoord (3.5d)

    Achtergrond:
      Gegeven een casus in casusoverleg, aangemeld door de gemeente
      En de reclassering en de burgemeester nemen deel aan het overleg

    @regel-3.5d @toegestaan
    Scenario: De reclassering wil woongegevens van de gemeente voor haar eigen taak gebruiken, met de burgemeester samen, en de gemeente keurde juist die taak goed
      Als de reclassering de woonsituatie van de betrokkene, die de gemeente gaf, doorgeeft aan de burgemeester, voor het gezamenlijke beeld
      En de reclassering doet dat voor haar eigen taak
      En het akkoord noemt die eigen taak
      Dan mag het bericht worden verstuurd

    @regel-3.5d @geweigerd
    Scenario: Het akkoord van de gemeente ging niet over de eigen taak van de reclassering
      Als de reclassering de woonsituatie van de betrokkene, die de gemeente gaf, doorgeeft aan de burgemeester, voor het gezamenlijke beeld
      En de reclassering doet dat voor haar eigen taak
      Dan wordt het bericht geweigerd op regel 3.5d
      En leest de afzender: Voor een eigen taak is een apart akkoord nodig dat die taak noemt. Vraag het de verstrekker.
